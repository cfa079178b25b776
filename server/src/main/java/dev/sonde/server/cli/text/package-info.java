/** Answers of the API as text for a terminal. */
package dev.sonde.server.cli.text;
