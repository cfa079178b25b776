/**
 * Names of kernel code from {@code /proc/kallsyms}: the kernel's own functions, its modules' and loaded BPF programs'.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_kallsyms.5.html">proc_kallsyms(5)</a>
 */
package dev.sonde.agent.kallsyms;
