/**
 * What the port speaks: one small class a resource, one mapping of failures to answers, and what stands before all of
 * them. Nothing here knows how answers are found.
 */
package dev.sonde.server.web;
