import { readFileSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { readInput } from "#services/cli/read-input.ts";

/** Longest password that is read from a file, with whatever follows its line. */
const SECRET_BYTES_MAX = 1_048_576;

/** How one secret may come. Never as an argument: that stands in lists of processes. */
export interface SecretSource {
  /** What is asked for, such as `Password of the wallet`. */
  readonly what: string;
  /** Options by which it comes where nobody can be asked. */
  readonly options: string;
  readonly file?: string | undefined;
  /** Of a file that whoever started this command has opened. */
  readonly descriptor?: string | undefined;
  /** Ask twice, so that a slip of the finger locks nobody out. */
  readonly twice?: boolean;
  /** Ends the asking. */
  readonly signal: AbortSignal;
}

/**
 * A secret from a file, from an open file, or typed without being shown.
 *
 * @throws CommandFailure, exit code 2, when there is nobody to ask and no option was given
 */
export async function readSecret(source: SecretSource): Promise<string> {
  const { what, file, descriptor, options, twice, signal } = source;
  if (file !== undefined) return firstLine(readText(file));
  if (descriptor !== undefined) return firstLine(readText(Number(descriptor)));
  const { stdin } = process;
  if (!stdin.isTTY) {
    throw new CommandFailure(`${what}: give ${options}, there is no terminal to ask on`, {
      code: "EXOS-E0002",
      exit: EXIT.usage,
    });
  }
  const typed = await typeHidden(`${what}: `, stdin, signal);
  if (twice !== true || typed === (await typeHidden("Once more: ", stdin, signal))) return typed;
  throw new CommandFailure("the two differ; nothing was done", {
    code: "EXOS-E0002",
    exit: EXIT.usage,
  });
}

/** A whole text that may hold words or keys. @throws CommandFailure when it cannot be read */
export function readText(from: string | number, bytesMax = SECRET_BYTES_MAX): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(from);
  } catch (cause) {
    const name = typeof from === "number" ? `descriptor ${from}` : from;
    throw new CommandFailure(`${name} cannot be read`, {
      code: "EXOS-E0002",
      exit: EXIT.usage,
      cause,
    });
  }
  if (bytes.length > bytesMax) throw tooLong(bytesMax);
  return bytes.toString("utf8");
}

function tooLong(bytesMax: number): CommandFailure {
  return new CommandFailure(`more than ${bytesMax} bytes`, {
    code: "EXOS-E0002",
    exit: EXIT.usage,
  });
}

/** A line end belongs to whoever made the file, not to the secret. */
function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}

const INTERRUPT = "\u0003";
const END = "\u0004";
const BACKSPACES = ["\u007f", "\b"];

/** A line that is typed and not shown. @throws CommandFailure, exit code 130, at Ctrl-C */
async function typeHidden(prompt: string, input: ReadStream, signal: AbortSignal): Promise<string> {
  process.stderr.write(prompt);
  input.setRawMode(true);
  try {
    let typed: string[] = [];
    for await (const piece of readInput(input, signal)) {
      for (const character of piece) {
        if (character === INTERRUPT) throw interrupted();
        if (character === "\r" || character === "\n" || character === END) return typed.join("");
        if (BACKSPACES.includes(character)) typed = typed.slice(0, -1);
        else typed.push(character);
      }
    }
    return typed.join("");
  } finally {
    input.setRawMode(false);
    process.stderr.write("\n");
  }
}

function interrupted(): CommandFailure {
  return new CommandFailure("interrupted", { code: "EXOS-E0002", exit: EXIT.interrupted });
}

/** Everything that is piped in. @throws CommandFailure when it is too long to be keys */
export async function readPiped(lengthMax: number, signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const piece of readInput(process.stdin, signal)) {
    text += piece;
    if (text.length > lengthMax) throw tooLong(lengthMax);
  }
  return text;
}

/** Ask for a yes. @returns whether somebody said so @throws an AbortError once it is aborted */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `);
  try {
    for await (const piece of readInput(process.stdin, signal)) {
      return /^y(es)?$/i.test(piece.trim());
    }
    return false;
  } finally {
    // Nobody has ended the line of the question.
    if (signal.aborted) process.stderr.write("\n");
  }
}
