/** The variable with a folder that all processes of one `npm test` have, and nobody after it. */
export const RUN_FOLDER = "EXOS_TEST_FOLDER";
