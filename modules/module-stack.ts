import { type TerraformElement, TerraformStack } from 'cdktf';
import type { Node } from 'constructs';
import { readableId } from './parts/names.ts';

interface TerraformJson {
  terraform?: { backend?: unknown; required_providers?: Record<string, { version?: string }> };
  provider?: unknown;
  [section: string]: unknown;
}

/** The AWS provider from which on everything that is used here exists. */
const MINIMUM_AWS_PROVIDER = '>= 5.100.0';

/** Optional object attributes, `startswith`, postconditions. OpenTofu counts alike. */
const MINIMUM_TERRAFORM = '>= 1.6.0';

/** A stack whose resource addresses are short, readable and stable. */
export class ReadableStack extends TerraformStack {
  private readonly taken = new Map<string, unknown>();

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const id = readableId(this, element);
    const key = `${element.constructor.name} ${id}`;
    const owner = this.taken.get(key) ?? element;
    if (owner !== element) throw new Error(`Two elements have the address ${key}.`);
    this.taken.set(key, element);
    return id;
  }

  override toTerraform(): TerraformJson {
    const json: TerraformJson = super.toTerraform();
    const aws = json.terraform?.required_providers?.aws;
    if (aws) aws.version = MINIMUM_AWS_PROVIDER;
    return json;
  }
}

/** A stack that is published as a Terraform module: who uses it brings the provider and the backend. */
export class ModuleStack extends ReadableStack {
  override toTerraform(): TerraformJson {
    const { provider: _, terraform: __, ...json } = super.toTerraform();
    const terraform = {
      required_version: MINIMUM_TERRAFORM,
      required_providers: { aws: { source: 'hashicorp/aws', version: MINIMUM_AWS_PROVIDER } },
    };
    return withoutMetadata({ ...json, terraform }) as TerraformJson;
  }
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key]) => key !== '//');
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutMetadata(field)]));
}
