"""Failures of CloudFormation that AWS can have and an emulator has not, once each, as the trial plans them."""
import ministack.services.cloudformation.stacks as stacks


class Failures:
    def __init__(self):
        self.planned = []

    def plan(self, failure):
        """failure: {"resource": logical id, "stack": name, "message": what AWS says, "after": how many times it goes well before}."""
        self.planned.append(failure)
        return self.planned

    def install(self):
        create, update = stacks._provision_resource, stacks._update_resource

        def created(kind, logical, props, stack):
            self.due(stack, logical)
            return create(kind, logical, props, stack)

        def updated(kind, physical, old, new, stack, logical=None, attributes=None):
            if old != new:  # what has not changed is not touched
                self.due(stack, logical)
            return update(kind, physical, old, new, stack, logical, attributes)
        stacks._provision_resource, stacks._update_resource = created, updated

    def due(self, stack, logical):
        for failure in self.planned:
            if (failure["stack"], failure["resource"]) == (stack, logical):
                if failure["after"] > 0:
                    failure["after"] -= 1
                    continue
                self.planned.remove(failure)
                raise ValueError(failure["message"])
