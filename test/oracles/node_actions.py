"""Prints the actions of AWS that the program of a node's service names in its calls: a sorted list, JSON. Fails at a
call whose action it cannot tell."""
import ast
import json
import sys

with open(sys.argv[1]) as file:
    tree = ast.parse(file.read())
functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
# The class that calls AWS; the others' own `call` is Vault's API.
[cloud] = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == "Cloud"]


def calls(tree, name):
    """The calls of a function or a method of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name == getattr(node.func, "attr", getattr(node.func, "id", None)):
            yield node


def text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def handed_on(function, argument):
    """The values that callers give for a parameter that the function hands on; methods' callers do not give `self`."""
    names = [parameter.arg for parameter in function.args.args if parameter.arg != "self"]
    for call in calls(tree, function.name):
        yield call.args[names.index(argument.id)]


def of_forms(function):
    """Those that take forms: `form(service, action, …)`."""
    for call in calls(function, "form"):
        service, action = call.args[:2]
        given = handed_on(function, action) if isinstance(action, ast.Name) else [action]
        for one in given:
            yield text(service), text(one)


def of_targets(function):
    """Those that take JSON: `call(service, headers, …)`, whose action is in a header."""
    within = function in cloud.body and function.name != "form"
    for call in calls(function, "call"):
        if not within and getattr(call.func.value, "attr", None) != "cloud":
            continue
        targets = [
            text(value)
            for table in ast.walk(function)
            if isinstance(table, ast.Dict)
            for key, value in zip(table.keys, table.values)
            if text(key) == "x-amz-target"
        ]
        for target in targets or [None]:
            yield text(call.args[0]), target.split(".")[1] if target else None


found = {pair for function in functions for pairs in (of_forms, of_targets) for pair in pairs(function)}
if any(part is None for pair in found for part in pair):
    sys.exit(f"a call's service or action is no text: {found}")
if len(list(calls(tree, "signed"))) != 1:
    sys.exit("calls are signed elsewhere than in one place")
json.dump(sorted(f"{service}:{action}" for service, action in found), sys.stdout)
