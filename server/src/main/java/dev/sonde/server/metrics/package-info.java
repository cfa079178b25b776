/** What the server counts about itself: one class an area, each over the one registry it is given. */
package dev.sonde.server.metrics;
