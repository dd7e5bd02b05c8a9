import { computed, effect, signal } from '@preact/signals';
import { Formats } from '../state/format.ts';
import { en } from '../text/en.ts';
import { zh } from '../text/zh.ts';
import { ofBrowser } from './storage.ts';

export type Language = 'en' | 'zh';
export type Theme = 'system' | 'light' | 'dark';

export const languages: Record<Language, string> = { en: 'English', zh: '中文' };
const tables = { en, zh };
const storedLanguage = ofBrowser('language');
const storedTheme = ofBrowser('theme');

export const language = signal<Language>(firstLanguage());
export const theme = signal<Theme>(readTheme(storedTheme.read()));
/** Every word in the language that is chosen. */
export const words = computed(() => tables[language.value]);
export const formats = computed(() => new Formats(language.value === 'zh' ? 'zh-CN' : 'en'));

/** Counts the changes of what is light or dark, for what is drawn by hand. */
export const scheme = signal(0);

export function keepPreferences(): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    storedLanguage.write(language.value);
  });
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    storedTheme.write(theme.value);
    scheme.value = scheme.peek() + 1;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    scheme.value += 1;
  });
}

function firstLanguage(): Language {
  const chosen = storedLanguage.read() ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
}

function readTheme(text: string | undefined): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}
