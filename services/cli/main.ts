import { enableCompileCache } from "node:module";

const stop = new AbortController();
const onSignal = () => {
  // The second Ctrl-C does not wait: what is on disk is consistent at every moment.
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

// Types are stripped and code is compiled once, not at every start: 0.5 instead of 1.4 s of work.
enableCompileCache();
const { COMMANDS, DEFAULT_COMMAND } = await import("#services/cli/commands.ts");
const { runCommandLine } = await import("#services/cli/run-command-line.ts");

process.exitCode = await runCommandLine(process.argv.slice(2), {
  commands: COMMANDS,
  fallback: DEFAULT_COMMAND,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  elapsedMs: () => performance.now(),
  signal: stop.signal,
});
