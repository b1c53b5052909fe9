/** What a process says something to. */
type Output = Pick<NodeJS.WritableStream, "on">;

/** Whoever read it has gone, a pipe or a terminal: nobody misses the rest. */
const READER_GONE = ["EPIPE", "EIO"];

/**
 * Let a process outlive its output: whoever reads may leave before it ends (`| head`), a terminal may
 * close, a disk may be full. Without this the first such fault ends it where it stands.
 *
 * @param onLost told once of a fault by which something is lost that somebody may want
 */
export function outliveOutput(
  streams: readonly Output[],
  onLost: (fault: NodeJS.ErrnoException) => void = () => undefined,
): void {
  let isTold = false;
  for (const stream of streams) {
    stream.on("error", (fault: NodeJS.ErrnoException) => {
      if (isTold || READER_GONE.includes(fault.code ?? "")) return;
      isTold = true;
      onLost(fault);
    });
  }
}
