/** Node's own. To import node:util loads all that it offers, threads and colors among it: 5 ms of every start. */
export const { parseArgs } = process.getBuiltinModule('node:util');
