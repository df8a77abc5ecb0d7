/** Microseconds between two samples of a CPU profile. */
export const samplingInterval = 500
