import type { Register, Registers } from '../../core/submission/ports.ts';

/** The Registers port in memory. */
export function memoryRegisters(): Registers {
  const registers = new Map<string, Register>();
  const read = (name: string) => registers.get(name) ?? { version: 0, value: undefined };
  return {
    read: async (name) => structuredClone(read(name)),
    async swap(name, { version, value }) {
      if (read(name).version !== version) return false;
      registers.set(name, structuredClone({ version: version + 1, value }));
      return true;
    },
  };
}
