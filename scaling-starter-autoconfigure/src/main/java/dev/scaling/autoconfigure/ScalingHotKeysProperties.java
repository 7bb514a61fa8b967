package dev.scaling.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the search for keys that get most of the work.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling.insight.hot-keys")
public class ScalingHotKeysProperties {

	/**
	 * Whether to look for keys of keyspaces that get most of the work.
	 */
	private boolean enabled = true;

	/**
	 * Of how many pieces of work with a key one is looked at, 1 or more.
	 */
	private int sample = 10;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public int getSample() {
		return this.sample;
	}

	public void setSample(int sample) {
		this.sample = sample;
	}

}
