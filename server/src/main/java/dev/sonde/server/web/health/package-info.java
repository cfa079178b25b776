/** What those ask who run the server: is it there, is it ready, how does it do. */
package dev.sonde.server.web.health;
