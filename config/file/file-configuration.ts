import type { Provider } from '../../core/providers/provider.ts';
import type { RoutingWeights } from '../../core/routing/routing-request.ts';
import type { TenantLimits } from '../../core/tenants/tenant-limits.ts';
import { providers } from '../providers.ts';
import { routingWeights } from '../routing.ts';
import type { SettingsVariables } from '../settings-variables.ts';
import type { OwnTaskType } from '../task-types.ts';
import type { Path } from './read-yaml.ts';

/** What the configuration's file makes of the built-in configuration. */
export interface FileConfiguration {
  /** As messages name it; undefined: there is none. */
  name: string | undefined;
  /** The catalogue: built-in providers adjusted, and new ones. */
  providers: readonly Provider[];
  /** Names of the providers that the file has, those with faults included. */
  namedProviders: readonly string[];
  ownTypes: readonly OwnTaskType[];
  routingWeights: RoutingWeights;
  /** Limits by tenant. */
  tenants: Readonly<Record<string, TenantLimits>>;
  /** Its settings, by the names of their variables. */
  settings: SettingsVariables;
  /** `configs/config.yaml:12`; undefined: the file does not say it. */
  originOf(path: Path): string | undefined;
  /** Sentences that begin with file, line and column. */
  faults: readonly string[];
  notices: readonly string[];
  /** Absolute paths of all that was looked at: whoever watches for changes watches these. */
  files: readonly string[];
}

/** The built-in configuration alone. */
export const noFile: FileConfiguration = {
  name: undefined,
  providers,
  namedProviders: [],
  ownTypes: [],
  routingWeights,
  tenants: {},
  settings: {},
  originOf: () => undefined,
  faults: [],
  notices: [],
  files: [],
};
