import { TWILIO_TEST } from '../recordings/twilio.ts';

/** The company's number, which nobody has: Twilio's own for tests. */
export const COMPANY_NUMBER = TWILIO_TEST.companyNumber;

export interface Person {
  readonly name: string;
  /** With plus sign and country code. */
  readonly number: string;
}

/** People who do not exist, under telephone numbers that are reserved for fiction. */
export const PEOPLE: readonly Person[] = [
  { name: 'Ada', number: '+12025550143' },
  { name: 'Grace', number: '+12025550144' },
  { name: 'Alan', number: '+12025550145' },
];

/** Whether it can be a user's number on WhatsApp. */
export const isNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text) && text !== COMPANY_NUMBER;

/** A number as it may be shown to whoever looks over the shoulder. */
export const masked = (number: string): string =>
  number.replace(/^(\+\d{1,3})\d*(\d{2})$/, (_, first: string, last: string) => `${first}•••••${last}`);

/** A text with every number in it masked that is long enough to be a telephone's, those of conversation ids too. */
export const maskedText = (text: string): string =>
  text.replaceAll(/([+#])(\d{7,15})(?!\d)/g, (_, sign: string, digits: string) => {
    return sign === '+' ? masked(`+${digits}`) : `#${masked(`+${digits}`).slice(1)}`;
  });
