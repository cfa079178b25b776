/** x86-64 code followed along its flow of control: its instructions, and what they leave known of the stack. */
package dev.sonde.agent.jvm.decode.flow;
