export interface Crash {
  /** Which call to any port dies, counted from 1. */
  readonly call: number;
  /** Whether the store had done its work by then. The caller cannot tell the difference. */
  readonly when: "before" | "after";
}

/** The process died at a port's call. */
export class CrashError extends Error {
  override readonly name = "CrashError";
}

/**
 * The same ports, until one call of them takes the process down with it. Members that are no
 * objects, such as parameters, pass unchanged; so do ports named in `spared`.
 */
export function crashAt<Deps extends object>(
  deps: Deps,
  crash: Crash,
  spared: readonly (keyof Deps & string)[] = [],
): Deps {
  let calls = 0;
  const wrap = (port: object) =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;

        return async (...input: unknown[]) => {
          calls++;
          if (calls === crash.call && crash.when === "before") throw new CrashError("crash");
          if (calls > crash.call) throw new CrashError("called after the crash");
          const output: unknown = await member.apply(target, input);
          if (calls === crash.call) throw new CrashError("crash");
          return output;
        };
      },
    });
  const wrapped = Object.entries(deps).map(([name, port]) => [
    name,
    typeof port === "object" && port !== null && !(spared as readonly string[]).includes(name)
      ? wrap(port)
      : port,
  ]);
  // Each member keeps its type: a proxy of a port has its methods, the rest is itself.
  return Object.fromEntries(wrapped) as Deps;
}
