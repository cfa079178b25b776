/** Which virtual machine a file holds, told by what it exports and not by its name. */
package dev.sonde.agent.jvm.recognise;
