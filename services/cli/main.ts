import { enableCompileCache } from "node:module";
import { outliveOutput } from "#shared/adapters/embedded/outlive-output.ts";

/** Signals so close together are one press: the terminal sends it, and npm hands it on. */
const ONE_PRESS_MS = 300;

const stop = new AbortController();
let pressedMs = Number.NEGATIVE_INFINITY;
const onSignal = () => {
  const now = performance.now();
  const again = stop.signal.aborted && now - pressedMs > ONE_PRESS_MS;
  // The second Ctrl-C does not wait: what is on disk is consistent at every moment.
  if (again) process.exit(130);
  pressedMs = now;
  stop.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

outliveOutput([process.stdout, process.stderr], ({ message }) => {
  process.stderr.write(`Part of what was said is lost: ${message}\n`);
  process.once("exit", () => {
    process.exitCode ||= 1;
  });
});

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
