"""A template as CloudFormation reads it: the stack that some parameters make, with nothing deployed.

Conditions decide which resources there are, and intrinsic functions become values. What only a deployment knows
(ARNs, addresses) gets a value that tells what it stands for. A reference to a resource that the stack does not have is
an error here as it is there. Knows the intrinsics that our template uses, and raises for any other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"

_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "modelsync",
    "AWS::URLSuffix": "amazonaws.com",
}
_INTRINSICS: Final = ("Ref", "Condition")
_NO_VALUE: Final = object()
_NAMED_BY: Final = ("FunctionName", "BucketName", "LogGroupName")
_BRACES: Final = re.compile(r"\$\{([^}]+)\}")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, each read as its long form."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> object:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def read_template(path: Path) -> Mapping[str, Any]:
    """A template with its intrinsics in the long form, `{"Ref": ...}`."""
    template: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    return template


@dataclass(frozen=True)
class Stack:
    """What a template makes of parameters; the template's defaults stand for those that are not given."""

    template: Mapping[str, Any]
    given: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the parameters as CloudFormation does before anything else."""
        unknown = self.given.keys() - self.template["Parameters"].keys()
        assert not unknown, f"no such parameters: {unknown}"
        for name, rules in self.template["Parameters"].items():
            value = self._parameter(name)
            pattern, choices = rules.get("AllowedPattern"), rules.get("AllowedValues")
            assert pattern is None or re.fullmatch(pattern, str(value)), f"{name}: {value!r} does not match {pattern}"
            assert choices is None or str(value) in map(str, choices), f"{name}: {value!r} is none of {choices}"

    @property
    def broken_rules(self) -> list[str]:
        """What the template's rules say against these parameters."""
        return [
            assertion["AssertDescription"]
            for rule in self.template["Rules"].values()
            if "RuleCondition" not in rule or self.value(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self.value(assertion["Assert"])
        ]

    def __contains__(self, name: str) -> bool:
        return name in self.template["Resources"] and self._holds(self.template["Resources"][name])

    def resources(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Properties by name of the resources of a type."""
        found = self.template["Resources"].items()
        return {name: self.properties(name) for name, it in found if it["Type"] == kind and name in self}

    def properties(self, name: str) -> Mapping[str, Any]:
        """The properties of a resource; those that all functions share are in them."""
        assert name in self, f"{name} is not in this stack"
        resource = self.template["Resources"][name]
        own: Mapping[str, Any] = self.value(resource.get("Properties", {}))
        if resource["Type"] != "AWS::Serverless::Function":
            return own
        shared: Mapping[str, Any] = self.value(self.template["Globals"]["Function"])
        variables = shared["Environment"]["Variables"] | own["Environment"]["Variables"]
        layers = [*shared["Layers"], *own.get("Layers", [])]
        return {**shared, **own, "Environment": {"Variables": variables}, "Layers": layers}

    @property
    def outputs(self) -> dict[str, str]:
        """Values by name of the outputs."""
        found = self.template["Outputs"].items()
        return {name: self.value(output["Value"]) for name, output in found if self._holds(output)}

    def statements_of(self, role: str) -> list[Mapping[str, Any]]:
        """Everything that the policies of a role say: its own, and those that name it."""
        documents = [policy["PolicyDocument"] for policy in self.properties(role).get("Policies", [])]
        documents += [
            policy["PolicyDocument"]
            for policy in self.resources("AWS::IAM::Policy").values()
            if role in policy["Roles"]
        ]
        return [statement for document in documents for statement in document["Statement"]]

    def value(self, node: Any) -> Any:
        """What a node of the template is in this stack."""
        if isinstance(node, dict):
            (name, given), *more = node.items() or [("", None)]
            if not more and (name in _INTRINSICS or name.startswith("Fn::")):
                return self._intrinsic(name, given)
            return dict(self._evaluated(node.items()))
        if isinstance(node, list):
            return [value for _, value in self._evaluated(enumerate(node))]
        return node

    def _evaluated(self, items: Any) -> Iterator[tuple[Any, Any]]:
        for key, node in items:
            value = self.value(node)
            if value is not _NO_VALUE:
                yield key, value

    def _holds(self, described: Mapping[str, Any]) -> bool:
        return "Condition" not in described or self._condition(described["Condition"])

    def _parameter(self, name: str) -> Any:
        if name in self.given:
            return self.given[name]
        assert "Default" in self.template["Parameters"][name], f"{name} has to be given"
        return self.template["Parameters"][name]["Default"]

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.template["Parameters"]:
            return self._parameter(name)
        assert name in self, f"a reference to {name}, which is not in this stack"
        properties = self.template["Resources"][name].get("Properties", {})
        named = [self.value(properties[key]) for key in _NAMED_BY if key in properties]
        return named[0] if named else name

    def _attribute(self, path: Any) -> str:
        name, _, attribute = path.partition(".")
        if attribute == "FunctionUrl":
            assert name.removesuffix("Url") in self
            return f"https://{name.lower()}.example/"
        physical = self._ref(name)
        kind = self.template["Resources"][name]["Type"]
        if (kind, attribute) == ("AWS::Logs::LogGroup", "Arn"):
            return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{physical}:*"
        service = kind.split("::")[1].lower().replace("serverless", "lambda")
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{physical}" if attribute == "Arn" else f"{physical}.{attribute}"

    def _sub(self, given: Any) -> str:
        text, own = (given, {}) if isinstance(given, str) else given

        def found(match: re.Match[str]) -> str:
            name = match[1]
            if name in own:
                return str(self.value(own[name]))
            return self._attribute(name) if "." in name else str(self._ref(name))

        return _BRACES.sub(found, text)

    def _condition(self, name: str) -> bool:
        holds: bool = self.value(self.template["Conditions"][name])
        return holds

    def _if(self, given: Any) -> Any:
        condition, then, otherwise = given
        return self.value(then if self._condition(condition) else otherwise)

    def _equals(self, given: Any) -> bool:
        one, other = (self.value(each) for each in given)
        return bool(one == other)

    def _not(self, given: Any) -> bool:
        (one,) = given
        return not self.value(one)

    def _intrinsic(self, name: str, given: Any) -> Any:
        known: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::Not": self._not,
            "Fn::And": lambda each: all(map(self.value, each)),
            "Fn::Or": lambda each: any(map(self.value, each)),
        }
        return known[name](given)
