import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Construct } from 'constructs';
import {
  all,
  type Condition,
  choose,
  expression,
  given,
  hcl,
  isExpression,
  named,
  not,
  type Optional,
  unwrap,
  when,
} from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';

const SECRETS_MANAGER_PREFIX = '/aws/reference/secretsmanager/';

export interface EnvParameterProps {
  readonly botName: string;
  readonly envParameterName: Optional<string>;
  readonly checkEnvParameter: Condition;
  readonly place: Place;
}

/** The SSM parameter with the secrets. It is made by its owner: Terraform would write the secrets into its state. */
export class EnvParameter extends Construct {
  readonly parameterName: string;
  readonly arn: string;
  readonly secretArn: string;
  /** True when the name refers to Secrets Manager. */
  readonly isSecret: Condition;

  constructor(scope: Construct, id: string, props: EnvParameterProps) {
    super(scope, id);
    const { envParameterName, place } = props;
    const name = choose(
      given(envParameterName),
      unwrap(envParameterName) ?? '',
      `/${props.botName}/prod/env`,
    );
    this.parameterName = named(this, 'name', name);
    this.isSecret = isExpression(this.parameterName)
      ? expression(`startswith(${hcl(this.parameterName)}, "${SECRETS_MANAGER_PREFIX}")`)
      : this.parameterName.startsWith(SECRETS_MANAGER_PREFIX);
    const secretId = isExpression(this.parameterName)
      ? `\${trimprefix(${hcl(this.parameterName)}, "${SECRETS_MANAGER_PREFIX}")}`
      : this.parameterName.replace(SECRETS_MANAGER_PREFIX, '');
    const { partition, region, account } = place;
    this.arn = `arn:${partition}:ssm:${region}:${account}:parameter${this.parameterName}`;
    // Secrets Manager adds six random characters to the name.
    this.secretArn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${secretId}-??????`;
    this.refuseWithout(props.checkEnvParameter);
  }

  /** Fails the plan without the parameter. Undecrypted: what reaches the state is the ciphertext. */
  private refuseWithout(check: Condition): void {
    when(
      all(check, not(this.isSecret)),
      (count) =>
        new DataAwsSsmParameter(this, 'Default', {
          name: this.parameterName,
          withDecryption: false,
          lifecycle: {
            postcondition: [
              {
                condition: expression('self.type == "SecureString"'),
                errorMessage: `The SSM parameter ${this.parameterName} holds the bot's secrets, so it must be a SecureString.`,
              },
            ],
          },
          ...count,
        }),
    );
  }
}
