import type { Field, FileFormat } from '../spec/types.ts';

/** A file of which nothing is known yet: every default of the contract. */
export const PLAIN_FORMAT: FileFormat = {
  type: 'CSV',
  delimiter: ',',
  header: false,
  encoding: 'auto',
  quote: '"',
  escape: undefined,
  comment: undefined,
  decimal: '.',
  thousands: undefined,
  nullValues: [''],
  trim: 'none',
  skipRows: 0,
  sheet: undefined,
  dateFormats: [],
  compression: 'auto',
};

/** A column of which nothing is known but its name. */
export const plainField = (name: string): Field => ({
  name,
  type: 'texto',
  isRequired: false,
  isUnique: false,
  isSensitive: false,
  description: '',
  default: undefined,
  options: undefined,
  min: undefined,
  max: undefined,
  minLength: undefined,
  maxLength: undefined,
  pattern: undefined,
  scale: undefined,
  format: undefined,
  rules: [],
});
