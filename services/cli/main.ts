import { COMMANDS, DEFAULT_COMMAND } from "#services/cli/commands.ts";
import { runCommandLine } from "#services/cli/run-command-line.ts";

const stop = new AbortController();
const onSignal = () => {
  // The second Ctrl-C does not wait: what is on disk is consistent at every moment.
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  commands: COMMANDS,
  fallback: DEFAULT_COMMAND,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  elapsedMs: () => performance.now(),
  signal: stop.signal,
});
