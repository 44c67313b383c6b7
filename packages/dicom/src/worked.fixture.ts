/**
 * How long this thread has worked so far: what else a busy machine does is not in it. For the limits of work that is all done
 * in one thread. Units: milliseconds.
 */
export const workedMs = (): number => process.threadCpuUsage().user / 1000;
