/** The words of the field as records: what every other module speaks of. */
package dev.sonde.model;
