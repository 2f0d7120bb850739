export interface Usage {
  /** User and system time since the process began. */
  readonly cpuSeconds: number;
  /** The most memory that it held. */
  readonly maxRssMegabytes: number;
}

/** From microseconds and kilobytes, as `process.resourceUsage()` says them. */
export const usageFrom = ({ userCPUTime, systemCPUTime, maxRSS }: NodeJS.ResourceUsage): Usage => ({
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  maxRssMegabytes: maxRSS / 1024,
});
