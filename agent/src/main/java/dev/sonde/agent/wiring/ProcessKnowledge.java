package dev.sonde.agent.wiring;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.mapping.AddressSpaces;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.agent.process.ProcessEvent;
import dev.sonde.agent.process.ProcessTable;
import java.nio.file.Path;

/**
 * The processes of this machine and their files, with what is counted about them.
 *
 * @param table processes by pid
 * @param files executable files by their contents
 * @param processEvents counts about processes
 * @param mappingEvents counts about mappings and addresses
 */
public record ProcessKnowledge(
        ProcessTable table,
        ExecutableFiles files,
        Counts<ProcessEvent> processEvents,
        Counts<MappingEvent> mappingEvents) {

    private static final Path PROC = Path.of("/proc");

    /**
     * Knows nothing yet and learns from {@code /proc}.
     *
     * @param maxProcesses bound of the table
     * @param maxFiles bound of the files
     */
    public static ProcessKnowledge open(ProcessLabels labels, int maxProcesses, int maxFiles) {
        Counts<ProcessEvent> processEvents = new Counts<>(ProcessEvent.class);
        Counts<MappingEvent> mappingEvents = new Counts<>(MappingEvent.class);
        ExecutableFiles files = new ExecutableFiles(PROC, new SymbolizerElfReader(), maxFiles, mappingEvents);
        AddressSpaces addressSpaces = new AddressSpaces(PROC, files, mappingEvents, System::nanoTime);
        ProcessTable table =
                new ProcessTable(PROC, maxProcesses, labels, files, addressSpaces, processEvents, System::nanoTime);
        return new ProcessKnowledge(table, files, processEvents, mappingEvents);
    }
}
