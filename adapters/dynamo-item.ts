/** An item of a table in plain JavaScript values, by attribute name. */
export type Item = Record<string, unknown>;

export interface ItemKey {
  pk: string;
  sk: string;
}

/**
 * One UpdateItem. In expressions `#name` stands for the attribute `name` (or for `names.name`) and `:name`
 * for `values.name`; member names of set, setTo and remove may be paths into maps: `leases.id` is
 * `#leases.#id`.
 *
 * @typeParam Row the attributes that this kind of row has, so that no other is written
 */
export interface ItemUpdate<Row extends object = Item> {
  key: ItemKey;
  /** Members that are undefined stay as they are. */
  set?: Partial<Row>;
  /** Attribute → expression, such as `if_not_exists(#started_at, :now)`. */
  setTo?: Partial<Record<keyof Row, string>>;
  /** Numbers are added up, sets united. */
  add?: Partial<Row>;
  remove?: (keyof Row & string)[];
  condition?: string;
  values?: Item;
  names?: Record<string, string>;
  /** Ask for the whole item after the change. */
  returnNew?: boolean;
}

export interface UpdateOutcome {
  /** False when the condition failed. */
  applied: boolean;
  /** After the change, where it was asked for; what was there, if anything, where the condition failed. */
  item: Item | undefined;
}

export interface ItemQuery {
  index?: string;
  /** Key condition with the same placeholders as ItemUpdate. */
  where: string;
  values: Item;
  limit?: number;
  newestFirst?: boolean;
  startKey?: Item | undefined;
  /** Not possible on an index. */
  consistent?: boolean;
}
