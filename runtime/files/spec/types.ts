import type { FilesCode } from '../messages.ts';

/** What a specification says, checked and with every default filled in (contract files §4.1). */

/** A typed cell. A date is a number: milliseconds since 1970 UTC; that it is one, the field's type says. */
export type Value = string | number | bigint | boolean | null;

export const FIELD_TYPES = ['texto', 'decimal', 'entero', 'fecha', 'booleano'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const SEVERITIES = ['error', 'warning', 'message'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const RULE_LANGUAGES = ['auto', 'pandas', 'sage'] as const;
/** `auto`: an expression with the identifier `df` is pandas, every other one is sage (contract files §5.2). */
export type RuleLanguage = (typeof RULE_LANGUAGES)[number];

export const ENCODINGS = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const TRIMS = ['none', 'both', 'left', 'right'] as const;
export type Trim = (typeof TRIMS)[number];

export const COMPRESSIONS = ['auto', 'none', 'gzip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export const FILE_TYPES = ['CSV', 'EXCEL'] as const;
export type FileType = (typeof FILE_TYPES)[number];

export const PACKAGE_TYPES = ['ZIP', ...FILE_TYPES] as const;
export type PackageType = (typeof PACKAGE_TYPES)[number];

/** A place in the document; both count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One finding about a specification. An error refuses the document, a warning is a lint. */
export interface Problem {
  readonly code: FilesCode;
  readonly severity: 'error' | 'warning';
  /** As `catalogs.pedidos.fields[0].type`; empty for the document as a whole. */
  readonly path: string;
  readonly at: Position;
  /** What the text of the code is filled with. */
  readonly values: MessageValues;
}

/** Values for the `{name}` places of a message. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** How a data file is written (contract files §4.1, §4.3). */
export interface FileFormat {
  readonly type: FileType;
  /** One character; `,` for EXCEL, where only outputs use it. */
  readonly delimiter: string;
  /** Whether the first row names the columns. Default false. */
  readonly header: boolean;
  readonly encoding: Encoding;
  /** One character, default `"`; empty: nothing is quoted. */
  readonly quote: string;
  /** One character that takes the next one literally within quotes. Default undefined: a quote is doubled. */
  readonly escape: string | undefined;
  /** One character that begins a comment line. Default undefined: none. */
  readonly comment: string | undefined;
  /** Decimal separator, default `.`. */
  readonly decimal: string;
  /** Thousands separator. Default undefined: none. */
  readonly thousands: string | undefined;
  /** Texts that stand for no value, compared after trimming. Default `['']`. */
  readonly nullValues: readonly string[];
  /** Which blanks around a cell are dropped. Default `none`. */
  readonly trim: Trim;
  /** Physical lines (EXCEL: rows) before the header or the first row. Default 0. */
  readonly skipRows: number;
  /** Name, or number from 1, of the sheet. Default undefined: the first. */
  readonly sheet: string | number | undefined;
  /**
   * Date patterns as `dd/MM/yyyy`, tried in order; letters yyyy yy MM M dd d HH H mm m ss s SSS, all else stands
   * for itself. ISO 8601 is accepted besides, so `ISO` in a document adds nothing and is left out here. Default none.
   */
  readonly dateFormats: readonly string[];
  /** `auto`: gzip is recognised by its first bytes. */
  readonly compression: Compression;
}

/** One column. Undefined checks are not made. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  readonly isUnique: boolean;
  /** Its values are masked in reports. Default false. */
  readonly isSensitive: boolean;
  readonly description: string;
  /** Value of an empty cell. Default undefined: null. */
  readonly default: Value | undefined;
  /** The only values allowed; undefined: any. */
  readonly options: readonly Value[] | undefined;
  /** Least value, inclusive, of decimal, entero and fecha (there in epoch milliseconds). */
  readonly min: number | bigint | undefined;
  /** Greatest value, inclusive. */
  readonly max: number | bigint | undefined;
  /** Least length of a texto, in characters (code points). */
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  /** RE2 pattern that a whole texto matches, at most 1,024 characters. */
  readonly pattern: string | undefined;
  /** Most digits behind the separator of a decimal. */
  readonly scale: number | undefined;
  /** Date pattern of this fecha alone, instead of the file's. */
  readonly format: string | undefined;
  readonly rules: readonly Rule[];
}

/** The schema of one data file. */
export interface Catalog {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Bare file name. */
  readonly filename: string;
  readonly format: FileFormat;
  /** In the order of the columns of a file without header. */
  readonly fields: readonly Field[];
  readonly rowRules: readonly Rule[];
  readonly catalogRules: readonly Rule[];
  /** Composite keys, each a list of field names. */
  readonly uniqueTogether: readonly (readonly string[])[];
  /** Whether the file may be absent from its package. Default false. */
  readonly isOptional: boolean;
}

/** Catalogs that are delivered together. */
export interface Package {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: PackageType;
  /** Ids of catalogs, in the order given. */
  readonly catalogs: readonly string[];
  readonly rules: readonly Rule[];
}

export interface Rule {
  /** Unique in the document; made of its place (`pedidos.cantidad.1`) where the document gives none. */
  readonly id: string;
  readonly name: string;
  /** What the user is told. */
  readonly description: string;
  readonly expression: string;
  readonly severity: Severity;
  readonly language: RuleLanguage;
  /** Share of rows, 0 to 1, that must pass. Default 1. */
  readonly mostly: number;
  /** Default undefined: as the rule's language has it (contract files §5.2). */
  readonly onNull: 'fail' | 'pass' | undefined;
  readonly isActive: boolean;
  /** Most details in reports. Default 10; in files of up to 30 rows all are shown. */
  readonly maxDetails: number | undefined;
  readonly level: 'field' | 'row' | 'catalog' | 'package';
  /** Id of its catalog; undefined at package level. */
  readonly catalog: string | undefined;
  /** Name of its field; undefined except at field level. */
  readonly field: string | undefined;
  /** Id of its package; undefined except at package level. */
  readonly package: string | undefined;
  /** Where the expression's first character stands. */
  readonly at: Position;
}

export interface Spec {
  readonly name: string;
  readonly description: string;
  /** The user's own version of the document. */
  readonly version: string;
  readonly author: string;
  readonly comments: string;
  readonly ruleLanguage: RuleLanguage;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly packages: ReadonlyMap<string, Package>;
}

/** All rules of a document, in its order. */
export function rulesOf({ catalogs, packages }: Spec): readonly Rule[] {
  return [
    ...[...catalogs.values()].flatMap(({ fields, rowRules, catalogRules }) => [
      ...fields.flatMap(({ rules }) => rules),
      ...rowRules,
      ...catalogRules,
    ]),
    ...[...packages.values()].flatMap(({ rules }) => rules),
  ];
}
