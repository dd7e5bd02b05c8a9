import { connection, feed, notice } from '../app/live.ts';
import { route } from '../app/navigation.ts';
import { type Language, language, languages, type Theme, theme, words } from '../app/preferences.ts';
import { config, forgetToken, token } from '../app/session.ts';
import { writeRoute } from '../state/route.ts';

const views = ['live', 'tasks', 'submit', 'batches'] as const;
const themes: Theme[] = ['system', 'light', 'dark'];

export function Header() {
  const { name, nav, theme: themeNames, language: languageName, signOut, skipToContent } = words.value;
  return (
    <header class="top">
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {skipToContent}
      </button>
      <h1>
        <a href={writeRoute({ view: 'live' })}>{name}</a>
        {config.value && <small>{config.value.version}</small>}
      </h1>
      <nav aria-label={nav.label}>
        {views.map((view) => (
          <a
            key={view}
            href={writeRoute({ view })}
            aria-current={route.value.view === view ? 'page' : undefined}
          >
            {nav[view]}
          </a>
        ))}
        <a href="/docs">{nav.docs}</a>
      </nav>
      <div class="settings">
        <ConnectionMark />
        <label>
          <span class="hidden">{themeNames.label}</span>
          <select
            onChange={(event) => {
              theme.value = event.currentTarget.value as Theme;
            }}
          >
            {themes.map((each) => (
              <option key={each} value={each} selected={each === theme.value}>
                {themeNames[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="hidden">{languageName}</span>
          <select
            onChange={(event) => {
              language.value = event.currentTarget.value as Language;
            }}
          >
            {Object.entries(languages).map(([each, title]) => (
              <option key={each} value={each} selected={each === language.value}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {token.value && (
          <button type="button" class="quiet" onClick={() => forgetToken()}>
            {signOut}
          </button>
        )}
      </div>
    </header>
  );
}

function ConnectionMark() {
  const { connection: names } = words.value;
  return (
    <span class={`connection connection-${connection.value}`} role="status">
      {names[connection.value]}
    </span>
  );
}

/** What a user must know of the connection, and may do about it. */
export function ConnectionNotes() {
  const { connection: names } = words.value;
  return (
    <>
      {connection.value === 'lost' && (
        <div class="note note-warning">
          <p>{names.lostDetail}</p>
          <button type="button" onClick={() => feed.connectNow()}>
            {names.retryNow}
          </button>
        </div>
      )}
      {/* Always there, so that screen readers tell what comes into it. */}
      <div role="status" class="notices">
        {notice.value && <p class="note note-good">{names[notice.value]}</p>}
      </div>
    </>
  );
}
