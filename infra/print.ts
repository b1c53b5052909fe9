let listens = false;

/**
 * Say a line to whoever started a script of this folder. A reader who leaves, as `head` does, does not
 * end what was asked for: files are written all the same.
 */
export function print(line: string): void {
  if (!listens) {
    process.stdout.on("error", (fault: NodeJS.ErrnoException) => {
      if (fault.code !== "EPIPE") throw fault;
    });
  }
  listens = true;
  process.stdout.write(`${line}\n`);
}
