/** The commands of the server's side: the server itself, and the questions to one over HTTP. */
package dev.sonde.server.cli;
