/** An expression of the tree → typed SQL. Only what is named here gets through: anything else the parser knows is refused. */
import { join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode, OrderNode, QueryNode, TypeNode } from './ast.ts';
import { callOf, checkArity, compilerOf, unknownFunction } from './calls.ts';
import { castTypeOf } from './cast-types.ts';
import { lacks, mistake, nameMistake, type SqlContext } from './context.ts';
import type { AggregateCall } from './functions/define.ts';
import { aggregateFunctions, scalarFunctions } from './functions/index.ts';
import { booleanLiteral, constantOf, illegalTime, intervalOf, textLiteral } from './literals.ts';
import { asList, overValues, soleValue, tested } from './multi-value.ts';
import {
  binary,
  binaryOperators,
  checkConditions,
  coalesced,
  compare,
  comparisons,
  isCondition,
  isIn,
  like,
  negative,
  nullIf,
  together,
} from './operators.ts';
import { withoutRows } from './row-values.ts';
import { type CompiledQuery, resolve, type Scope } from './scope.ts';
import { subqueryValue } from './subquery-value.ts';
import { bigint, boolean, cast, conditionOf, type Expr, isArray, isArrayType, resultType } from './types.ts';
import { frameOf, ownOrder, windowFunction } from './window.ts';

/** Functions whose first argument is a unit that stands as a bare word. */
const unitFirst = new Set(['TIMESTAMPADD', 'TIMESTAMPDIFF']);

/** Words that stand for functions without arguments. */
const wordFunctions = new Set(['CURRENT_TIMESTAMP', 'CURRENT_DATE', 'LOCALTIMESTAMP']);

type SubqueryCompiler = (node: QueryNode, scope: Scope) => CompiledQuery;

export class ExpressionCompiler {
  readonly #context: SqlContext;
  readonly #subquery: SubqueryCompiler;

  constructor(context: SqlContext, subquery: SubqueryCompiler) {
    this.#context = context;
    this.#subquery = subquery;
  }

  compile(node: ExpressionNode, scope: Scope): Expr {
    const plain = withoutRows(node);
    if (plain) return this.compile(plain, scope);
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
        const word = node.type === 'CONJUNCTION_OR' ? ' OR ' : ' AND ';
        const all = (parts: readonly Expr[]) => sql`(${join(parts.map(conditionOf), word)})`;
        const operands = (node.children ?? []).map(child);
        checkConditions(word.trim(), operands, around);
        return overValues(operands, (parts) => boolean(all(parts)), all);
      }
      case 'BETWEEN': {
        const parts = [node.input, node.lower, node.upper].map((part) => child(required(part)));
        return tested(parts, ([value, lower, upper]) => {
          const atLeast = compare(sql`>=`, value as Expr, lower as Expr, around).sql;
          return sql`(${atLeast} AND ${compare(sql`<=`, value as Expr, upper as Expr, around).sql})`;
        });
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
        return subqueryValue(node, this.#subquery((node.subquery as { node: QueryNode }).node, scope), {
          ...around,
          compile: child,
        });
      default:
        throw mistake(this.#context, node, `'${node.class.toLowerCase()}' is not part of Druid's SQL here`);
    }
  }

  /** `clause`: WHERE, HAVING, … */
  condition(node: ExpressionNode, scope: Scope, clause: string): Sql {
    const expr = this.compile(node, scope);
    if (!isCondition(expr)) throw mistake(this.#context, node, `${clause} clause must be a condition`);
    return conditionOf(expr);
  }

  /** A value that is no multi-value dimension. */
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
    throw nameMistake(this.#context, node, found);
  }

  #parameter(node: ExpressionNode): Expr {
    const parameter = this.#context.parameters[Number(node.identifier) - 1];
    if (!parameter) throw mistake(this.#context, node, `No value bound for parameter (position [${node.identifier}])`);
    return parameter;
  }

  #cast(node: ExpressionNode, value: Expr): Expr {
    const type = castTypeOf(node.cast_type as TypeNode);
    if (!type)
      throw mistake(this.#context, node, `Cannot cast to ${node.cast_type?.type_info?.name ?? node.cast_type?.id}`);
    if (node.try_cast) throw mistake(this.#context, node, "TRY_CAST is not part of Druid's SQL; CAST does not fail");
    // TRUE and FALSE come as casts of 't' and 'f'.
    if (type === 'BOOLEAN' && (value.literal === 't' || value.literal === 'f'))
      return booleanLiteral(value.literal === 't');
    const illegal = illegalTime(node, value, type, this.#context.text);
    if (illegal) throw mistake(this.#context, node, illegal);
    if (isArray(value) !== isArrayType(type))
      throw mistake(this.#context, node, `Cast function cannot convert value of type ${value.type} to type ${type}`);
    return overValues([value], ([single]) => cast(single as Expr, type, this.#context.zone));
  }

  #case(node: ExpressionNode, scope: Scope): Expr {
    const checks = node.case_checks ?? [];
    const whens = checks.map(({ when_expr }) => this.compile(when_expr, scope));
    if (!whens.every(isCondition)) throw mistake(this.#context, node, 'Expected a boolean type');
    const results = [...checks.map(({ then_expr }) => then_expr), ...(node.else_expr ? [node.else_expr] : [])];
    const parts = [...whens, ...results.map((result) => this.compile(result, scope))];
    return overValues(parts, (singles) => {
      const { type, sqls } = together(singles.slice(whens.length), this.#around(node), resultType);
      const branches = checks.map((_, i) => sql`WHEN ${conditionOf(singles[i] as Expr)} THEN ${sqls[i] as Sql}`);
      const otherwise = node.else_expr ? sql` ELSE ${sqls.at(-1) as Sql}` : sql``;
      return { sql: sql`CASE ${join(branches, ' ')}${otherwise} END`, type };
    });
  }

  #operator(node: ExpressionNode, scope: Scope): Expr {
    const operands = (node.children ?? []).map((operand) => this.compile(operand, scope));
    const [first] = operands as [Expr];
    switch (node.type) {
      case 'OPERATOR_IS_NULL':
        return tested([first], ([single]) => sql`(${(single as Expr).sql} IS NULL)`);
      case 'OPERATOR_IS_NOT_NULL':
        return tested([first], ([single]) => sql`(${(single as Expr).sql} IS NOT NULL)`, true);
      case 'OPERATOR_NOT': {
        checkConditions('NOT', operands, this.#around(node));
        const not = ([condition]: readonly Expr[]) => sql`(NOT ${conditionOf(condition as Expr)})`;
        return overValues(operands, (singles) => boolean(not(singles)), not);
      }
      case 'ARRAY_CONSTRUCTOR':
        return this.#scalar('ARRAY', operands, node);
      case 'COMPARE_IN':
      case 'COMPARE_NOT_IN':
        return isIn(first, operands.slice(1), node.type === 'COMPARE_NOT_IN', this.#around(node));
      case 'OPERATOR_COALESCE':
        return overValues(operands, (singles) => coalesced(singles, this.#around(node)));
      case 'GROUPING_FUNCTION':
        return bigint(sql`CAST(GROUPING(${join(operands.map((operand) => operand.sql))}) AS BIGINT)`);
      default:
        throw mistake(this.#context, node, `SQL query requires '${node.type}' operator that is not supported`);
    }
  }

  #call(node: ExpressionNode, scope: Scope): Expr {
    const name = (node.function_name ?? '').toUpperCase();
    const interval = intervalOf(node);
    if (interval) return interval;
    if (aggregateFunctions.has(name)) {
      // Over rows as they are: a dimension that is grouped by has all its values there.
      const rows = { ...scope, singles: undefined };
      const filter = node.filter ? sql` FILTER (WHERE ${this.condition(node.filter, rows, 'FILTER')})` : sql``;
      return this.#aggregate(name, node, rows, filter);
    }
    const children = node.children ?? [];
    const lower = name.toLowerCase();
    if (binaryOperators.has(lower) || /^(?:not_)?like_escape$/.test(lower)) {
      const operands = children.map((child) => this.compile(child, scope));
      return overValues(
        operands,
        (singles) => this.#binary(lower, singles, node),
        (all) => this.#binary(lower, all, node).sql,
      );
    }
    const unit = unitFirst.has(name) ? children[0]?.column_names : undefined;
    const args = unit
      ? [textLiteral(unit[0] as string), ...children.slice(1).map((child) => this.compile(child, scope))]
      : children.map((child) => this.compile(child, scope));
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
    const compile = compilerOf(found, args, node, this.#context);
    return found.takesLists ? compile(args.map(asList)) : overValues(args, compile);
  }

  #nullFunction(name: string, args: readonly Expr[], node: ExpressionNode): Expr {
    checkArity(name, [2, 2], args.length, node, this.#context);
    const around = this.#around(node);
    return overValues(args, (singles) => {
      const [value, other] = singles as [Expr, Expr];
      return name === 'NVL' ? coalesced(singles, around) : nullIf(value, other, around);
    });
  }

  #aggregate(name: string, node: ExpressionNode, scope: Scope, over: Sql): Expr {
    if (node.order_bys?.orders?.length) throw lacks('ORDER BY inside of an aggregate');
    const found = aggregateFunctions.get(name);
    const lists = (node.children ?? []).map((child) => this.compile(child, scope));
    const args = found?.takesLists ? lists : lists.map(soleValue);
    if (!found?.takesSketches && args.some(({ type }) => type === 'OTHER'))
      throw lacks(`${name} of a sketch or another complex column`);
    if (!found) throw unknownFunction(name, args, node, this.#context);
    checkArity(name, found.arity, args.length, node, this.#context);
    const call: AggregateCall = {
      ...callOf(found.names[0], args, node, this.#context),
      distinct: node.distinct === true,
      approximate: this.#context.approximateCountDistinct,
      over,
      time() {
        // Groups have no time of their own.
        if (node.class === 'WINDOW' && scope.groupKeys) return undefined;
        const time = resolve(['__time'], scope);
        return typeof time === 'string' ? undefined : time;
      },
    };
    return found.compile(args, call);
  }

  #window(node: ExpressionNode, scope: Scope): Expr {
    const list = (nodes: readonly ExpressionNode[]) => join(nodes.map((part) => this.#single(part, scope).sql));
    const partition = node.partitions?.length ? sql`PARTITION BY ${list(node.partitions)}` : sql``;
    const order = node.orders?.length ? sql`ORDER BY ${this.orders(node.orders, scope)}` : ownOrder(node.type, scope);
    const bound = (expr: ExpressionNode | undefined) => expr && this.#single(expr, scope).sql;
    const frame = frameOf(node, bound(node.start_expr), bound(node.end_expr));
    const filter = node.filter_expr ? sql` FILTER (WHERE ${this.condition(node.filter_expr, scope, 'FILTER')})` : sql``;
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

  #around(node: ExpressionNode) {
    return { zone: this.#context.zone, fail: (message: string) => mistake(this.#context, node, message) };
  }
}

/** A member that this class of nodes always has. */
const required = (node: ExpressionNode | undefined): ExpressionNode => node as ExpressionNode;
