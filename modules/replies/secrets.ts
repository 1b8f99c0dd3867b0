import type { Construct } from 'constructs';
import {
  choose,
  expression,
  given,
  hcl,
  named,
  type Optional,
  type Settable,
  unwrap,
} from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import type { RepliesValues } from './index.ts';

type Values = Pick<
  RepliesValues,
  'modelSecrets' | 'twilioSecrets' | 'secretsManagerRegion' | 'environmentName' | 'sharedProjectPrefix'
>;

/** ARNs, with patterns, of the secrets that the functions may read (contract replies §6). */
export function secretArns(scope: Construct, values: Values, place: Place) {
  const { environmentName, sharedProjectPrefix: shared } = values;
  const environment = unwrap(environmentName) ?? '';
  const region = choose(
    given(values.secretsManagerRegion),
    unwrap(values.secretsManagerRegion) ?? '',
    place.region,
  );
  const arns = (
    id: string,
    own: Optional<Settable<readonly string[]>>,
    parameterised: string,
    plain: string,
  ) => {
    const usual = [choose(given(environmentName), parameterised, plain)];
    const names = choose<Settable<readonly string[]>>(given(own), unwrap(own) ?? [], usual);
    // Secrets Manager adds six random characters to the name.
    const whole = `arn:${place.partition}:secretsmanager:${region}:${place.account}:secret:\${name}-??????`;
    const each = `startswith(name, "arn:") ? name : ${hcl(whole)}`;
    return named(scope, id, expression(`[for name in ${hcl(names)} : ${each}]`));
  };
  return {
    modelSecretArns: arns(
      'model_secret_arns',
      values.modelSecrets,
      `${shared}/openai-api-key/whatsapp-${environment}`,
      'openai-api-key-replies-engine',
    ),
    twilioSecretArns: arns(
      'twilio_secret_arns',
      values.twilioSecrets,
      `${shared}/whatsapp-credentials/*/*/twilio-${environment}`,
      'twilio-credentials-whatsapp',
    ),
  };
}
