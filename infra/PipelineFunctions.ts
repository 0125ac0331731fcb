import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Access, Permission } from './Access.ts';
import { type FunctionName, functionSettings } from './functionSettings.ts';
import { PipelineFunction } from './PipelineFunction.ts';

/** All functions, each made when it is first asked for, out of the permissions that were given until then. */
export class PipelineFunctions extends Construct {
  readonly #made = new Map<FunctionName, PipelineFunction>();
  readonly #permissions: Partial<Record<Access, Permission>> = {};
  readonly #settings: { handlers: string; logKey: IKey };

  constructor(scope: Construct, id: string, settings: { handlers: string; logKey: IKey }) {
    super(scope, id);
    this.#settings = settings;
  }

  /** Adds to what functions may be given. */
  offer(permissions: Partial<Record<Access, Permission>>): void {
    Object.assign(this.#permissions, permissions);
  }

  named(name: FunctionName): PipelineFunction {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  #make(name: FunctionName): PipelineFunction {
    const permissions = functionSettings[name].access.map((access) => {
      const permission = this.#permissions[access];
      if (permission === undefined) throw new Error(`Cannot make ${name}: nothing offers ${access} yet`);
      return permission;
    });
    return new PipelineFunction(this, { name, permissions, ...this.#settings });
  }
}
