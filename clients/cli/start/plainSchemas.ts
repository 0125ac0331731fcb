import { config } from 'zod';

/**
 * Schemas without generated code: a command reads a policy and a few answers, and to find out whether code may be
 * generated, and to do so, takes as long as all of that. To be loaded before the first schema, and
 * not at all by a command that needs none: schemas take as long to load as all the rest of it.
 */
config({ jitless: true });
