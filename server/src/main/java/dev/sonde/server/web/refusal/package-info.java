/** What failures become for clients, of HTTP and gRPC alike: status, words, counter. */
package dev.sonde.server.web.refusal;
