/** What is wrong with a file of MirrorMaker 2, without its clusters being asked. */
import { readMirrorMaker2, SettingsFile } from '../mirror/settings/index.ts';
import { errorsOf, type Finding } from '../spec/check.ts';

/** Undefined for properties of something else. */
export function checkMirror(text: string, file: string): readonly Finding[] | undefined {
  let isMirrors = true;
  const warnings: Finding[] = [];
  const mistakes = errorsOf(() => {
    const settings = SettingsFile.parse(text, file);
    isMirrors = settings.has('clusters');
    if (!isMirrors) return;
    const { remarks } = readMirrorMaker2(settings, { exactlyOnce: false });
    warnings.push(...remarks.map((remark) => ({ severity: 'warning', ...remark }) as const));
  });
  return isMirrors ? [...mistakes, ...warnings] : undefined;
}
