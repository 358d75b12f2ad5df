/** An expression of the tree → typed SQL. Only what is named here gets through: anything else the parser knows is refused. */
import { join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode, OrderNode, QueryNode, TypeNode } from './ast.ts';
import { callOf, checkArity, unknownFunction } from './calls.ts';
import { lacks, mistake, type SqlContext } from './context.ts';
import type { AggregateCall } from './functions/define.ts';
import { aggregateFunctions, scalarFunctions } from './functions/index.ts';
import { constantOf, intervalOf, textLiteral } from './literals.ts';
import { binary, binaryOperators, compare, comparisons, isIn, like, negative, tested, together } from './operators.ts';
import { type CompiledQuery, resolve, type Scope } from './scope.ts';
import { boolean, cast, conditionOf, type Expr, type SqlType } from './types.ts';
import { frameOf, windowFunction } from './window.ts';

const castTypes: Readonly<Record<string, SqlType>> = {
  VARCHAR: 'VARCHAR',
  CHAR: 'VARCHAR',
  TINYINT: 'BIGINT',
  SMALLINT: 'BIGINT',
  INTEGER: 'INTEGER',
  BIGINT: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  DECIMAL: 'DECIMAL',
  BOOLEAN: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
};

/** Functions whose first argument is a unit that stands as a bare word. */
const unitFirst = new Set(['TIMESTAMPADD', 'TIMESTAMPDIFF']);

/** Words that stand for functions without arguments. */
const wordFunctions = new Set(['CURRENT_TIMESTAMP', 'CURRENT_DATE']);

type SubqueryCompiler = (node: QueryNode, scope: Scope) => CompiledQuery;

export class ExpressionCompiler {
  readonly #context: SqlContext;
  readonly #subquery: SubqueryCompiler;

  constructor(context: SqlContext, subquery: SubqueryCompiler) {
    this.#context = context;
    this.#subquery = subquery;
  }

  compile(node: ExpressionNode, scope: Scope): Expr {
    const child = (inner: ExpressionNode) => this.compile(inner, scope);
    const around = { zone: this.#context.zone, fail: (message: string) => mistake(this.#context, node, message) };
    switch (node.class) {
      case 'COLUMN_REF':
        return this.#column(node, scope);
      case 'CONSTANT': {
        const constant = constantOf(node);
        if (!constant) throw around.fail('a literal of a type or size that SQL does not have');
        return constant;
      }
      case 'PARAMETER':
        return this.#parameter(node);
      case 'CAST':
        return this.#cast(node, child(required(node.child)));
      case 'COMPARISON': {
        const operator = comparisons[node.type];
        if (!operator) throw lacks(node.type);
        return compare(operator, child(required(node.left)), child(required(node.right)), around);
      }
      case 'CONJUNCTION': {
        const parts = (node.children ?? []).map((part) => conditionOf(this.#single(part, scope)));
        return boolean(sql`(${join(parts, node.type === 'CONJUNCTION_OR' ? ' OR ' : ' AND ')})`);
      }
      case 'BETWEEN': {
        const value = child(required(node.input));
        const atLeast = compare(sql`>=`, value, child(required(node.lower)), around).sql;
        return boolean(sql`(${atLeast} AND ${compare(sql`<=`, value, child(required(node.upper)), around).sql})`);
      }
      case 'CASE':
        return this.#case(node, scope);
      case 'OPERATOR':
        return this.#operator(node, scope);
      case 'FUNCTION':
        return this.#call(node, scope);
      case 'WINDOW':
        return this.#window(node, scope);
      case 'SUBQUERY':
        return this.#subqueryValue(node, scope);
      default:
        throw mistake(this.#context, node, `'${node.class.toLowerCase()}' is not part of Druid's SQL here`);
    }
  }

  condition(node: ExpressionNode, scope: Scope): Sql {
    return conditionOf(this.#single(node, scope));
  }

  /** A value that is no list. */
  #single(node: ExpressionNode, scope: Scope): Expr {
    const expr = this.compile(node, scope);
    if (expr.multiValue) throw lacks('a multi-value dimension inside of an expression');
    return expr;
  }

  #column(node: ExpressionNode, scope: Scope): Expr {
    const path = node.column_names ?? [];
    const found = resolve(path, scope);
    if (typeof found !== 'string') return found;
    const word = (path[0] as string).toUpperCase();
    if (path.length === 1 && wordFunctions.has(word)) return this.#scalar(word, [], node);
    throw mistake(this.#context, node, found);
  }

  #parameter(node: ExpressionNode): Expr {
    const parameter = this.#context.parameters[Number(node.identifier) - 1];
    if (!parameter) throw mistake(this.#context, node, `No value bound for parameter (position [${node.identifier}])`);
    return parameter;
  }

  #cast(node: ExpressionNode, value: Expr): Expr {
    const type = castTypes[(node.cast_type as TypeNode).id];
    if (!type)
      throw mistake(this.#context, node, `Cannot cast to ${node.cast_type?.type_info?.name ?? node.cast_type?.id}`);
    if (node.try_cast) throw mistake(this.#context, node, "TRY_CAST is not part of Druid's SQL; CAST does not fail");
    if (value.multiValue) throw lacks('a cast of a multi-value dimension');
    // TRUE and FALSE come as casts of 't' and 'f'.
    if (type === 'BOOLEAN' && (value.literal === 't' || value.literal === 'f'))
      return { sql: sql`${value.literal === 't'}`, type: 'BOOLEAN', literal: value.literal === 't' };
    return cast(value, type, this.#context.zone);
  }

  #case(node: ExpressionNode, scope: Scope): Expr {
    const checks = node.case_checks ?? [];
    const results = [...checks.map(({ then_expr }) => then_expr), ...(node.else_expr ? [node.else_expr] : [])];
    const { type, sqls } = together(
      results.map((result) => this.#single(result, scope)),
      this.#around(node),
    );
    const whens = checks.map(
      ({ when_expr }, i) => sql`WHEN ${this.condition(when_expr, scope)} THEN ${sqls[i] as Sql}`,
    );
    const otherwise = node.else_expr ? sql` ELSE ${sqls.at(-1) as Sql}` : sql``;
    return { sql: sql`CASE ${join(whens, ' ')}${otherwise} END`, type };
  }

  #operator(node: ExpressionNode, scope: Scope): Expr {
    const operands = (node.children ?? []).map((operand) => this.compile(operand, scope));
    const [first] = operands as [Expr];
    switch (node.type) {
      case 'OPERATOR_IS_NULL':
        return tested(first, ({ sql: single }) => sql`(${single} IS NULL)`);
      case 'OPERATOR_IS_NOT_NULL':
        return tested(first, ({ sql: single }) => sql`(${single} IS NOT NULL)`, true);
      case 'OPERATOR_NOT':
        return boolean(sql`(NOT ${conditionOf(first)})`);
      case 'COMPARE_IN':
      case 'COMPARE_NOT_IN':
        return isIn(first, operands.slice(1), node.type === 'COMPARE_NOT_IN', this.#around(node));
      case 'OPERATOR_COALESCE': {
        const { type, sqls } = together(operands.map(refuseList), this.#around(node));
        return { sql: sql`coalesce(${join(sqls)})`, type };
      }
      default:
        throw lacks(`the operator ${node.type}`);
    }
  }

  #call(node: ExpressionNode, scope: Scope): Expr {
    const name = (node.function_name ?? '').toUpperCase();
    const interval = intervalOf(node);
    if (interval) return interval;
    if (aggregateFunctions.has(name)) {
      const filter = node.filter ? sql` FILTER (WHERE ${this.condition(node.filter, scope)})` : sql``;
      return this.#aggregate(name, node, scope, filter);
    }
    const children = node.children ?? [];
    const lower = name.toLowerCase();
    if (binaryOperators.has(lower) || /^(?:not_)?like_escape$/.test(lower)) {
      // LIKE may test each value of a list.
      const takesLists = /~~|like/.test(lower);
      const operands = children.map((child) => (takesLists ? this.compile(child, scope) : this.#single(child, scope)));
      return this.#binary(lower, operands, node);
    }
    const unit = unitFirst.has(name) ? children[0]?.column_names : undefined;
    const args = unit
      ? [textLiteral(unit[0] as string), ...children.slice(1).map((child) => this.#single(child, scope))]
      : children.map((child) => this.#single(child, scope));
    return this.#scalar(name, args, node);
  }

  #binary(name: string, operands: readonly Expr[], node: ExpressionNode): Expr {
    const [left, right, escapedBy] = operands as [Expr, Expr | undefined, Expr | undefined];
    const around = this.#around(node);
    if (right === undefined) return negative(name, left, around);
    return escapedBy
      ? like(left, right, name === 'not_like_escape', around, escapedBy)
      : binary(name, left, right, around);
  }

  #scalar(name: string, args: readonly Expr[], node: ExpressionNode): Expr {
    if (name === 'NULLIF' || name === 'NVL') return this.#nullFunction(name, args, node);
    const found = scalarFunctions.get(name);
    if (!found) throw unknownFunction(name, args, node, this.#context);
    checkArity(name, found.arity, args.length, node, this.#context);
    return found.compile(args, callOf(args, node, this.#context));
  }

  #nullFunction(name: string, args: readonly Expr[], node: ExpressionNode): Expr {
    checkArity(name, [2, 2], args.length, node, this.#context);
    const { type, sqls } = together(args, this.#around(node));
    if (name === 'NVL') return { sql: sql`coalesce(${join(sqls)})`, type };
    return { sql: sql`nullif(${join(sqls)})`, type };
  }

  #aggregate(name: string, node: ExpressionNode, scope: Scope, over: Sql): Expr {
    if (node.order_bys?.orders?.length) throw lacks('ORDER BY inside of an aggregate');
    const found = aggregateFunctions.get(name);
    const args = (node.children ?? []).map((child) => this.#single(child, scope));
    if (args.some(({ type }) => type === 'OTHER')) throw lacks(`${name} of a sketch or another complex column`);
    if (!found) throw unknownFunction(name, args, node, this.#context);
    checkArity(name, found.arity, args.length, node, this.#context);
    const call: AggregateCall = {
      ...callOf(args, node, this.#context),
      distinct: node.distinct === true,
      approximate: this.#context.approximateCountDistinct,
      over,
      time: () => this.#column({ ...node, column_names: ['__time'] }, scope),
    };
    return found.compile(args, call);
  }

  #window(node: ExpressionNode, scope: Scope): Expr {
    const list = (nodes: readonly ExpressionNode[]) => join(nodes.map((part) => this.#single(part, scope).sql));
    const partition = node.partitions?.length ? sql`PARTITION BY ${list(node.partitions)}` : sql``;
    const order = node.orders?.length ? sql`ORDER BY ${this.orders(node.orders, scope)}` : sql``;
    const bound = (expr: ExpressionNode | undefined) => expr && this.#single(expr, scope).sql;
    const frame = frameOf(node, bound(node.start_expr), bound(node.end_expr));
    const filter = node.filter_expr ? sql` FILTER (WHERE ${this.condition(node.filter_expr, scope)})` : sql``;
    const over = sql`${filter} OVER (${partition} ${order} ${frame})`;
    const name = (node.function_name ?? '').toUpperCase();
    if (node.type === 'WINDOW_AGGREGATE') return this.#aggregate(name, node, scope, over);
    const args = [...(node.children ?? []), node.offset_expr, node.default_expr]
      .filter((part) => part !== undefined)
      .map((part) => this.#single(part, scope));
    return windowFunction(node.type, args, over);
  }

  orders(orders: readonly OrderNode[], scope: Scope, place?: (node: ExpressionNode) => Sql | undefined): Sql {
    return join(
      orders.map(({ type, null_order, expression }) => {
        const by = place?.(expression) ?? this.#single(expression, scope).sql;
        const direction = type === 'DESCENDING' ? sql` DESC` : sql` ASC`;
        const nulls = /FIRST/.test(null_order) ? sql` NULLS FIRST` : /LAST/.test(null_order) ? sql` NULLS LAST` : sql``;
        return sql`${by}${direction}${nulls}`;
      }),
    );
  }

  #subqueryValue(node: ExpressionNode, scope: Scope): Expr {
    const query = this.#subquery((node.subquery as { node: QueryNode }).node, scope);
    const [column] = query.columns;
    if (query.columns.length !== 1 || !column)
      throw mistake(this.#context, node, `Expected a subquery of one column, got ${query.columns.length}`);
    if (node.subquery_type === 'SCALAR') return { sql: sql`(${query.sql})`, type: column.expr.type };
    if (node.subquery_type !== 'ANY' || node.comparison_type !== 'COMPARE_EQUAL')
      throw lacks(`a subquery of the kind ${node.subquery_type}`);
    const value = this.compile(required(node.child), scope);
    return tested(value, ({ sql: single }) => sql`(${single} IN (${query.sql}))`);
  }

  #around(node: ExpressionNode) {
    return { zone: this.#context.zone, fail: (message: string) => mistake(this.#context, node, message) };
  }
}

function refuseList(expr: Expr): Expr {
  if (expr.multiValue) throw lacks('a multi-value dimension inside of an expression');
  return expr;
}

/** A member that this class of nodes always has. */
const required = (node: ExpressionNode | undefined): ExpressionNode => node as ExpressionNode;
