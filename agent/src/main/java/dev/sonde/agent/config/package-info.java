/**
 * The agent's configuration: {@link dev.sonde.agent.config.Setting} lists all settings, in a flag, a {@code SONDE_*}
 * variable, the YAML file or the default, in this order; the rules stand in the file alone.
 */
package dev.sonde.agent.config;
