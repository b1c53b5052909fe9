/**
 * The variable with a folder that all processes of one `npm test` have, and nobody after it. A node
 * refuses to start with a name that begins as its own do and is none of them.
 */
export const RUN_FOLDER = "TEST_RUN_FOLDER";
