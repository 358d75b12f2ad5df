/** What is wrong with a file of Druid's properties, as `--druid-config` takes it. */
import { validate } from '../catalog/validate.ts';
import { errorsOf, type Finding } from './check.ts';
import { druidPropertiesSchema, unknownDruidProperties } from './druid-properties.ts';
import { loadJavaProperties } from './java-properties.ts';
import type { Loaded } from './load.ts';

/** Everything, in the order of the file; undefined for properties of something else. */
export function checkProperties(text: string, file: string): readonly Finding[] | undefined {
  let loaded: Loaded | undefined;
  const unreadable = errorsOf(() => {
    loaded = loadJavaProperties(text, file);
  });
  if (loaded === undefined) return unreadable;
  const { value, placeOf } = loaded;
  if (!Object.keys(Object(value)).some((name) => name.startsWith('druid.'))) return undefined;
  const what = { what: "Druid's properties", place: placeOf };
  const mistakes = errorsOf(() => validate(druidPropertiesSchema, value, what));
  const warnings = unknownDruidProperties(Object(value)).map(({ name, nearest }): Finding => {
    const hint = nearest ? `; did you mean '${nearest}'?` : '';
    return { severity: 'warning', place: placeOf([name]), message: `it has no meaning here, and is ignored${hint}` };
  });
  return [...mistakes, ...warnings].sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0));
}
