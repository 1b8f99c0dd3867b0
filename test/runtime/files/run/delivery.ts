/** A specification of one table, and what it accepts. */
export const YAML = `
sage_yaml: {name: N, description: D, version: "1", author: A}
catalogs:
  c:
    name: C
    description: C
    filename: data.csv
    file_format: {type: CSV, delimiter: ",", header: true}
    fields:
      - {name: id, type: entero, required: true, unique: true}
      - {name: name, type: texto, required: true}
packages:
  p: {name: P, description: P, file_format: {type: CSV}, catalogs: [c]}
`;
