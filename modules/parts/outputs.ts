import { TerraformOutput, type TerraformStack } from 'cdktf';
import { ABSENT, type Condition, exported } from './optional.ts';

/** An output of a module; `C` is the construct that it is read from. */
export interface Output<C> {
  readonly description: string;
  readonly value: (construct: C) => string;
  /** False: of no use for this construct. */
  readonly isOf?: (construct: C) => Condition;
}

export type Outputs<C> = Readonly<Record<string, Output<C>>>;

/** Declares an output. */
export const output = <C>(
  description: string,
  value: (construct: C) => string,
  isOf?: (construct: C) => Condition,
): Output<C> => ({ description, value, ...(isOf ? { isOf } : {}) });

/** A construct's values as outputs of a stack. */
export function addOutputs<C>(stack: TerraformStack, outputs: Outputs<C>, construct: C): void {
  for (const [name, { description, value, isOf }] of Object.entries(outputs)) {
    const text = value(construct);
    // What is known not to be there is left out: `cdktf deploy` crashes on an output that is null.
    if (text === ABSENT || isOf?.(construct) === false) continue;
    new TerraformOutput(stack, name, { staticId: true, description, value: exported(stack, text) });
  }
}
