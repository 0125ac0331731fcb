/** Imported before a program that knows nothing of its parent: the program ends when the parent is gone. */
process.on('disconnect', () => process.exit(1));
// the channel alone keeps nothing alive
process.channel?.unref();
