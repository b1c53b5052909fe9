/** Version of the program, where no `package.json` lies beside it: a test compares the two. */
export const PROGRAM_VERSION = "0.1.0";
