/** What this kernel, these rights and these JVMs allow, and how to mend what is missing. */
package dev.sonde.agent.doctor;
