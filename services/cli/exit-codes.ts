/** What a command's exit code means. @source interfaces.md 4 */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notSynced: 3,
  locked: 4,
  funds: 5,
  refused: 6,
  notFound: 7,
  unreachable: 8,
  needsConfirmation: 9,
  timedOut: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
