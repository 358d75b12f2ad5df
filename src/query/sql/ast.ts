/** The tree of a SELECT as the engine's parser (`json_serialize_sql`) gives it: the parts that {@link QueryCompiler} understands. */

/** An expression; which of the members are there depends on `class`. */
export interface ExpressionNode {
  readonly class: string;
  readonly type: string;
  readonly alias?: string;
  /** Bytes from the beginning of the parsed text. */
  readonly query_location?: number;
  readonly column_names?: readonly string[];
  readonly relation_name?: string;
  readonly value?: { readonly type: TypeNode; readonly is_null: boolean; readonly value?: unknown };
  readonly identifier?: string;
  readonly function_name?: string;
  readonly distinct?: boolean;
  readonly filter?: ExpressionNode;
  readonly filter_expr?: ExpressionNode;
  readonly ignore_nulls?: boolean;
  readonly order_bys?: { readonly orders?: readonly OrderNode[] };
  readonly children?: readonly ExpressionNode[];
  readonly left?: ExpressionNode;
  readonly right?: ExpressionNode;
  readonly child?: ExpressionNode;
  readonly cast_type?: TypeNode;
  readonly try_cast?: boolean;
  readonly input?: ExpressionNode;
  readonly lower?: ExpressionNode;
  readonly upper?: ExpressionNode;
  readonly case_checks?: readonly { readonly when_expr: ExpressionNode; readonly then_expr: ExpressionNode }[];
  readonly else_expr?: ExpressionNode;
  readonly subquery_type?: string;
  readonly subquery?: { readonly node: QueryNode };
  readonly comparison_type?: string;
  readonly partitions?: readonly ExpressionNode[];
  readonly orders?: readonly OrderNode[];
  readonly start?: string;
  readonly end?: string;
  readonly start_expr?: ExpressionNode;
  readonly end_expr?: ExpressionNode;
  readonly offset_expr?: ExpressionNode;
  readonly default_expr?: ExpressionNode;
  readonly columns?: boolean;
  readonly exclude_list?: unknown;
  readonly replace_list?: unknown;
  readonly rename_list?: unknown;
  readonly expr?: ExpressionNode;
}

export interface TypeNode {
  readonly id: string;
  readonly type_info?: { readonly scale?: number; readonly name?: string; readonly child_type?: TypeNode };
}

export interface OrderNode {
  readonly type: string;
  readonly null_order: string;
  readonly expression: ExpressionNode;
}

export interface ModifierNode {
  readonly type: string;
  readonly orders?: readonly OrderNode[];
  readonly limit?: ExpressionNode;
  readonly offset?: ExpressionNode;
  readonly distinct_on_targets?: readonly ExpressionNode[];
}

export interface QueryNode {
  readonly type: string;
  readonly modifiers?: readonly ModifierNode[];
  readonly cte_map?: { readonly map?: readonly { readonly key: string; readonly value: CteNode }[] };
  readonly select_list?: readonly ExpressionNode[];
  readonly from_table?: TableNode;
  readonly where_clause?: ExpressionNode;
  readonly group_expressions?: readonly ExpressionNode[];
  readonly group_sets?: readonly (readonly number[])[];
  readonly aggregate_handling?: string;
  readonly having?: ExpressionNode;
  readonly sample?: unknown;
  readonly qualify?: ExpressionNode;
  readonly setop_type?: string;
  readonly setop_all?: boolean;
  readonly left?: QueryNode;
  readonly right?: QueryNode;
}

export interface CteNode {
  readonly aliases?: readonly string[];
  readonly query: { readonly node: QueryNode };
}

export interface TableNode {
  readonly type: string;
  readonly alias?: string;
  readonly sample?: unknown;
  readonly query_location?: number;
  readonly catalog_name?: string;
  readonly schema_name?: string;
  readonly table_name?: string;
  readonly at_clause?: unknown;
  readonly column_name_alias?: readonly string[];
  readonly subquery?: { readonly node: QueryNode };
  readonly left?: TableNode;
  readonly right?: TableNode;
  readonly condition?: ExpressionNode;
  readonly join_type?: string;
  readonly ref_type?: string;
  readonly using_columns?: readonly string[];
  readonly function?: ExpressionNode;
  readonly with_ordinality?: string;
  readonly values?: readonly (readonly ExpressionNode[])[];
}

/** What an expression is made of, without subqueries. */
export function partsOf(node: ExpressionNode): ExpressionNode[] {
  const { children = [], left, right, child, input, lower, upper, case_checks = [], else_expr } = node;
  const checks = case_checks.flatMap(({ when_expr, then_expr }) => [when_expr, then_expr]);
  const parts = [...children, left, right, child, input, lower, upper, ...checks, else_expr];
  return parts.filter((part) => part !== undefined);
}

/** How many rows a modifier lets through where it says so by a number; undefined where it says it otherwise, or is of another kind. */
export function limitOf({ type, limit }: ModifierNode): number | undefined {
  const rows = type === 'LIMIT_MODIFIER' && limit?.class === 'CONSTANT' ? limit.value?.value : undefined;
  return Number.isSafeInteger(rows) ? (rows as number) : undefined;
}

/** What `json_serialize_sql` gives. */
export type Parsed =
  | { readonly error: false; readonly statements: readonly { readonly node: QueryNode }[] }
  | { readonly error: true; readonly error_type: string; readonly error_message: string; readonly position?: string };

/** Whole numbers beyond a double's 53 bits keep their digits. */
export function parseTree(json: string): Parsed {
  return JSON.parse(json, function reviveLong(_key, value: unknown, context?: { source?: string }) {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as Parsed;
}
